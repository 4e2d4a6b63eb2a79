/** Leaves objects of several ages in the heap, then sleeps: what test_jvm.py makes cores of. */
public class Nap {
    static Object keep;

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        Object[] all = new Object[2000];
        for (int i = 0; i < rounds; i++) {
            all[i % all.length] = new byte[2048];
        }
        keep = new Object[] {all, new byte[3 << 20]};
        System.out.println("ready");
        System.out.flush();
        Thread.sleep(600000);
    }
}
