// For the test of leaks: a library that is unloaded would lose its name, by which LeakSanitizer
// tells what is its own.
extern "C" int dlclose(void*) { return 0; }
