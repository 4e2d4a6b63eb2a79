/* Bugs in a program that reads records: one for each name on the command line, in the shapes that bugs have, small helpers
 * that many call, recursion, callbacks, own ways of giving up. `reader BUG DATA DEPTH WHERE`: DATA changes what the bug meets,
 * DEPTH how deep the program is when it does, WHERE is main or thread. No function is marked: compilers inline what they like. */
#include <assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef OTHER_BUILD /* another version: other lines, other offsets */
int padding_one(int x)
{
	return x * 3 + 1;
}

int padding_two(int x)
{
	return padding_one(x) * 5 + padding_one(x + 1);
}
#endif

struct record {
	struct record *left, *right;
	char *name, *body;
	int kind, count, total, left_over;
	void (*hook)(struct record *);
};

static volatile int sink;
static int data, depth, nothing;
static struct record empty, *volatile absent;
static char scratch[64];

static struct record *new_record(int kind)
{
	struct record *record = calloc(1, sizeof *record);
	record->kind = kind;
	record->count = kind % 7;
	return record;
}

/* ---- helpers that pass on what they get ---- */

static void copy_field(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	sink += to[0];
}

static size_t measure(const char *text)
{
	size_t length = strlen(text);
	sink += (int)length;
	return length;
}

static void load_header(struct record *record)
{
	sink = record->kind;
	copy_field(scratch, record->name, 8 + (size_t)data % 8);
	sink++;
}

static void load_body(struct record *record)
{
	sink += record->kind;
	copy_field(scratch, record->body, 16);
	sink++;
}

static void load_footer(struct record *record)
{
	sink += (int)measure(record->name);
	sink++;
}

static void print_title(struct record *record)
{
	sink -= (int)measure(record->body) + record->kind;
	sink++;
}

static void fatal(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vsnprintf(scratch, sizeof scratch, format, list);
	va_end(list);
	abort();
}

static void check_magic(struct record *record)
{
	if (record->kind != -1)
		fatal("bad magic %d", record->kind);
	sink++;
}

static void check_version(struct record *record)
{
	if (record->count != -1)
		fatal("bad version %d", record->count);
	sink++;
}

static int average(struct record *record, int *table)
{
	int all = table[data % 3] + record->total;
	return all / record->left_over;
}

static int average_of(struct record *record, int *table)
{
	int got = average(record, table);
	sink += got;
	return got;
}

static void check_table(struct record *record)
{
	assert(record->kind >= 0 && "kinds are not negative");
	assert(record->count > 100 && "a table has rows");
	sink++;
}

static void release(struct record *record)
{
	free(record);
	sink++;
}

static void drop_cache(struct record *record)
{
	release(record);
	sink++;
	release(record);
	sink++;
}

static void close_index(struct record *record)
{
	sink += record->kind;
	release(record);
	release(record);
	sink += 2;
}

static void call_hook(struct record *record)
{
	record->hook(record);
	sink++;
}

static void on_insert(struct record *record)
{
	record->hook = NULL;
	call_hook(record);
	sink++;
}

static void on_delete(struct record *record)
{
	record->hook = data > 10 ? NULL : NULL;
	call_hook(record);
	sink += 2;
}

static void on_garbage(struct record *record)
{
	record->hook = (void (*)(struct record *))(0x10UL << 40 | (unsigned long)data << 4);
	call_hook(record);
	sink += 3;
}

/* ---- walks ---- */

static int sum_tree(struct record *record)
{
	if (record == (void *)-1)
		return 0;
	return record->kind + sum_tree(record->left) + sum_tree(record->right);
}

/* A spine that turns left and right as the data say; its end is garbage. */
static void walk_tree(void)
{
	struct record *top = new_record(1), *at = top;
	for (int i = 0; i < depth + data % 5; i++) {
		struct record *next = new_record(i);
		if ((data >> i % 8) & 1) {
			at->left = (void *)-1;
			at->right = next;
		} else {
			at->left = next;
			at->right = (void *)-1;
		}
		at = next;
	}
	at->left = (struct record *)(0x4141UL << 24 | (unsigned)data << 8);
	at->right = (void *)-1;
	sink += sum_tree(top);
}

static int parse_list(const char *text, int level);

static int parse_item(const char *text, int level)
{
	if (*text == '(')
		return parse_list(text + 1, level + 1);
	return text[(level - 1) * 0x10000000L] + level;
}

static int parse_list(const char *text, int level)
{
	int got = parse_item(text, level);
	sink += got;
	return got + level;
}

static void parse_text(void)
{
	char text[64];
	memset(text, '(', sizeof text);
	text[1 + depth + data % 3] = 'x';
	sink += parse_list(text, 4);
}

static int grow(int level)
{
	char room[256];
	memset(room, level, sizeof room);
	sink += room[level & 255];
	return grow(level + 1) + room[3];
}

static int pong(int level);

static int ping(int level)
{
	char room[128 + 0];
	memset(room, level, sizeof room);
	sink += room[7];
	return (level % 3 ? pong(level + 1) : ping(level + 1)) + room[1];
}

static int pong(int level)
{
	char room[400];
	memset(room, level, sizeof room);
	sink += room[9];
	return ping(level + 1) + room[2];
}

/* ---- what else goes wrong ---- */

static int compare(const void *a, const void *b)
{
	const struct record *const *one = a, *const *other = b;
	return (*one)->kind - (*other)->kind;
}

static void sort_records(void)
{
	struct record *all[40];
	for (int i = 0; i < 40; i++)
		all[i] = new_record((i * 17 + data) % 40);
	all[data % 40] = NULL;
	qsort(all, 40, sizeof *all, compare);
	sink += all[0]->kind;
}

static void fill(volatile char *to, int size)
{
	for (int i = 0; i < size; i++)
		to[i] = (char)(data + i + 1);
	sink += to[3];
}

static void read_line(void)
{
	volatile char line[32];
	fill(line, 42 + data % 4);
	sink += line[5];
}

static void fix_name(struct record *record)
{
	char *volatile name = (char *)"a constant name";
	name[data % 8] = 'x';
	record->name = name;
}

static void count_words(long *table)
{
	for (int i = 0; i < 3; i++)
		sink += (int)table[(data + 1) * 0x1000000L + i];
}

static void clear_slots(long *table)
{
	for (int i = 0; i < 3; i++)
		table[(data + 1) * 0x1000000L + i] = data;
}

static void decode(int code)
{
	switch (code) {
	case 1:
		sink++;
		break;
	default:
		__builtin_trap();
	}
}

static void read_map(void)
{
	char path[] = "/tmp/reader-XXXXXX";
	int file = mkstemp(path);
	unlink(path);
	if (ftruncate(file, 8192))
		exit(1);
	char *at = mmap(NULL, 8192, PROT_READ, MAP_SHARED, file, 0);
	if (ftruncate(file, 0))
		exit(1);
	sink += at[data * 7 % 4096];
}

static void overrun(struct record *record)
{
	char *block = malloc(24), *next = malloc(24);
	fill(block, 48 + data % 8);
	sink += record->kind;
	free(next);
	free(block);
}

static pthread_mutex_t locks[3] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };
static pthread_barrier_t barrier;

static void lock_users(void)
{
	pthread_mutex_lock(&locks[0]);
	pthread_barrier_wait(&barrier);
	pthread_mutex_lock(&locks[1]);
	sink++;
}

static void lock_groups(void)
{
	pthread_mutex_lock(&locks[1]);
	pthread_barrier_wait(&barrier);
	pthread_mutex_lock(&locks[0]);
	sink += 2;
}

static void lock_files(void)
{
	pthread_mutex_lock(&locks[1]);
	pthread_barrier_wait(&barrier);
	pthread_mutex_lock(&locks[0]);
	sink += 3;
}

static void *in_thread(void *work)
{
	((void (*)(void))(unsigned long)work)();
	sink++;
	return NULL;
}

/* Another process ends this one a moment later, as a supervisor does. */
static void be_ended(int number)
{
	if (fork() == 0) {
		usleep(250000);
		kill(getppid(), number);
		_exit(0);
	}
}

static void hang(void (*one)(void), void (*other)(void))
{
	pthread_t threads[2];
	pthread_barrier_init(&barrier, NULL, 2);
	be_ended(data % 2 ? SIGABRT : SIGQUIT);
	pthread_create(&threads[data % 2], NULL, in_thread, (void *)(unsigned long)one);
	pthread_create(&threads[1 - data % 2], NULL, in_thread, (void *)(unsigned long)other);
	pthread_join(threads[0], NULL);
	sink++;
}

static void spin(void)
{
	be_ended(SIGABRT);
	for (;;)
		sink += data;
}

/* ---- one entry each ---- */

static void bug_header(void)
{
	load_header(nothing ? absent : &empty); /* "nothing" fails in load_header itself, "header" in what it calls */
	sink++;
}
static void bug_body(void)
{
	load_body(&empty);
	sink++;
}
static void bug_footer(void)
{
	load_footer(&empty);
	sink++;
}
static void bug_title(void)
{
	print_title(&empty);
	sink++;
}
static void bug_magic(void)
{
	check_magic(new_record(data));
	sink++;
}
static void bug_version(void)
{
	check_version(new_record(data));
	sink++;
}
static void bug_divide(void)
{
	int table[3] = { data, 2, 3 };
	sink += average_of(&empty, table);
}
static void bug_table(void)
{
	sink += average_of(&empty, NULL);
}
static void bug_rows(void)
{
	check_table(new_record(data));
	sink++;
}
static void bug_kinds(void)
{
	check_table(new_record(-data - 1));
	sink++;
}
static void bug_cache(void)
{
	drop_cache(new_record(data));
	sink++;
}
static void bug_index(void)
{
	close_index(new_record(data));
	sink++;
}
static void bug_insert(void)
{
	on_insert(new_record(data));
	sink++;
}
static void bug_delete(void)
{
	on_delete(new_record(data));
	sink++;
}
static void bug_garbage(void)
{
	on_garbage(new_record(data));
	sink++;
}
static void bug_tree(void)
{
	walk_tree();
	sink++;
}
static void bug_parse(void)
{
	parse_text();
	sink++;
}
static void bug_grow(void)
{
	sink += grow(data);
}
static void bug_ping(void)
{
	sink += ping(data);
}
static void bug_sort(void)
{
	sort_records();
	sink++;
}
static void bug_line(void)
{
	read_line();
	sink++;
}
static void bug_constant(void)
{
	fix_name(&empty);
	sink++;
}
static void bug_words(void)
{
	long table[4] = { 0 };
	count_words(table);
	sink++;
}
static void bug_slots(void)
{
	long table[4] = { 0 };
	clear_slots(table);
	sink += (int)table[0];
}
static void bug_trap(void)
{
	decode(data + 2);
	sink++;
}
static void bug_map(void)
{
	read_map();
	sink++;
}
static void bug_overrun(void)
{
	overrun(&empty);
	sink++;
}
static void bug_users(void)
{
	hang(lock_users, lock_groups);
	sink++;
}
static void bug_files(void)
{
	hang(lock_users, lock_files);
	sink++;
}
static void bug_spin(void)
{
	spin();
	sink++;
}

static const struct bug {
	const char *name;
	void (*run)(void);
} bugs[] = {
	{ "header", bug_header }, { "nothing", bug_header }, { "body", bug_body },	   { "footer", bug_footer },
	{ "title", bug_title },	  { "magic", bug_magic },    { "version", bug_version },   { "divide", bug_divide },
	{ "table", bug_table },	  { "rows", bug_rows },	     { "kinds", bug_kinds },	   { "cache", bug_cache },
	{ "index", bug_index },	  { "insert", bug_insert },  { "delete", bug_delete },	   { "garbage", bug_garbage },
	{ "tree", bug_tree },	  { "parse", bug_parse },    { "grow", bug_grow },	   { "ping", bug_ping },
	{ "sort", bug_sort },	  { "line", bug_line },	     { "constant", bug_constant }, { "words", bug_words },
	{ "slots", bug_slots },	  { "trap", bug_trap },	     { "map", bug_map },	   { "overrun", bug_overrun },
	{ "users", bug_users },	  { "files", bug_files },    { "spin", bug_spin },
};

/* ---- the program around them ---- */

static const struct bug *chosen;

static void serve(int level)
{
	if (level)
		serve(level - 1);
	else
		chosen->run();
	sink++;
}

static void *begin(void *unused)
{
	serve(depth);
	return unused;
}

static void on_fault(int number)
{
	static const char text[] = "reader: giving up\n";
	sink += (int)write(2, text, sizeof text - 1) + number;
	abort();
}

int main(int argc, char **argv)
{
	pthread_t thread;
	if (argc < 5)
		return 2;
	for (size_t i = 0; i < sizeof bugs / sizeof *bugs; i++)
		if (strcmp(bugs[i].name, argv[1]) == 0)
			chosen = &bugs[i];
	data = atoi(argv[2]);
	depth = atoi(argv[3]);
	if (!chosen)
		return 2;
	nothing = strcmp(argv[1], "nothing") == 0;
	setrlimit(RLIMIT_STACK, &(struct rlimit) { 1 << 18, 1 << 18 });
	if (strstr(argv[4], "handler"))
		signal(SIGSEGV, on_fault);
	if (strstr(argv[4], "thread")) {
		pthread_attr_t attributes;
		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, 1 << 18);
		pthread_create(&thread, &attributes, begin, NULL);
		pthread_join(thread, NULL);
	} else {
		begin(NULL);
	}
	return 0;
}
