package dev.backstep.dump;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that are read. */
final class CountedStream extends FilterInputStream {
  private volatile long count;

  CountedStream(InputStream from) {
    super(from);
  }

  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    var one = super.read();
    count += one < 0 ? 0 : 1;
    return one;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    var read = super.read(buffer, from, length);
    count += Math.max(0, read);
    return read;
  }
}
