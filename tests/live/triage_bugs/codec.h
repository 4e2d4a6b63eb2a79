/* What the library offers to the program. */
int codec_scale(int data);
int codec_blur(int data);
int codec_clamp(int data);
int codec_name(int data);
int codec_visit(int data);
int codec_twice(int data);
