package dev.backstep.simulation;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How long something took, on the clock and of the processors. */
final class Effort {
  private final long begun = System.nanoTime();
  private final long cpu = cpu();

  private static long cpu() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return system instanceof OperatingSystemMXBean jvm ? jvm.getProcessCpuTime() : 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f s, %.1f s of CPU",
        (System.nanoTime() - begun) / 1e9,
        (cpu() - cpu) / 1e9);
  }
}
