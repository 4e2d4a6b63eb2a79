// Programs that glog ends, for test_runtimes.py: `fatal KIND`. The function that is to blame is `blame`.
#include <glog/logging.h>

#include <cstring>

__attribute__((noinline)) static void blame(const char *kind)
{
	int length = (int)strlen(kind);
	if (!strcmp(kind, "message"))
		LOG(FATAL) << "the tank is empty: " << length;
	if (!strcmp(kind, "equal"))
		CHECK_EQ(length, 3) << "not three";
	if (!strcmp(kind, "null"))
		CHECK_NOTNULL(strstr(kind, "x"));
	CHECK(length == 9) << "some text";
}

int main(int count, char **arguments)
{
	google::InitGoogleLogging(arguments[0]);
	blame(count > 1 ? arguments[1] : "");
	return 0;
}
