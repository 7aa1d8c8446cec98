/* pthreadpool's pthreads.c, in which a thread that waits for others turns on the spot for less long
   before it sleeps: by its own count for tens of milliseconds a step, which on a machine with other
   work, or under a limit of its CPU time, is taken from the threads that it waits for. */
#include "threadpool-common.h"

#undef PTHREADPOOL_SPIN_WAIT_ITERATIONS
#define PTHREADPOOL_SPIN_WAIT_ITERATIONS 10000

#include "pthreads.c"
