/* Folders that a test makes for itself. */
#ifndef INQ_TESTS_FOLDERS_H
#define INQ_TESTS_FOLDERS_H

/* Removes it with all that is in it; links are not followed. */
void remove_folder(const char *path);

#endif
