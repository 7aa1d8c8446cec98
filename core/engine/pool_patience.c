/* pthreadpool's pthreads.c, in which a thread that waits for others turns on the spot for less long
   before it sleeps: by its own count for tens of milliseconds a step, which on a machine with other
   work, or under a limit of its CPU time, is taken from the threads that it waits for. Nor does it
   wait for ever for threads that the system has refused: the pool is then of those before them. */
#include "threadpool-common.h"

#include <pthread.h>

#include "threadpool-object.h"

#undef PTHREADPOOL_SPIN_WAIT_ITERATIONS
#define PTHREADPOOL_SPIN_WAIT_ITERATIONS 10000

static void checkin_worker_thread(struct pthreadpool* pool);

static int start_or_leave_out(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*run)(void*), void* argument) {
  const struct thread_info* info = (const struct thread_info*)argument;
  struct pthreadpool* pool = info->threadpool;
  if (info->thread_number < pool->threads_count.value) {
    const int error = pthread_create(thread, attributes, run, argument);
    if (error == 0) return 0;
    pool->threads_count = fxdiv_init_size_t(info->thread_number);
  }
  checkin_worker_thread(pool); /* in place of the one that is waited for */
  return 0;
}

#define pthread_create start_or_leave_out
#include "pthreads.c"
