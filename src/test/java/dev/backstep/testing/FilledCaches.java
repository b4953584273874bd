package dev.backstep.testing;

import dev.backstep.resource.Caches;

/** Of a process that knows the world from its first moment. */
public final class FilledCaches extends Caches {
  public FilledCaches() {
    super(null);
  }

  @Override
  public boolean filled() {
    return true;
  }
}
