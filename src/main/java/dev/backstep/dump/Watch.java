package dev.backstep.dump;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something again and again beside something else. */
record Watch(ScheduledExecutorService thread) implements AutoCloseable {

  static Watch every(Duration pause, Runnable what) {
    var thread =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              var made = new Thread(task, "watch");
              made.setDaemon(true);
              return made;
            });
    thread.scheduleWithFixedDelay(what, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    return new Watch(thread);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
