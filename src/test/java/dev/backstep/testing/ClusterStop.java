package dev.backstep.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Takes the cluster down that a test of this run started, after the last test. */
public class ClusterStop implements LauncherSessionListener {
  @Override
  public void launcherSessionClosed(LauncherSession session) {
    ClusterSource.stop();
  }
}
