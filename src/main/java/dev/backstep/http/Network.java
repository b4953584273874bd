package dev.backstep.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * A range of addresses, as {@code 10.0.0.0/8} or {@code fe80::/10}; a single address is one too.
 *
 * @param base its bytes
 * @param bits how many of the first bits all addresses of it share
 */
record Network(byte[] base, int bits) {

  /**
   * Reads a range.
   *
   * @throws IllegalArgumentException when it is none
   */
  static Network of(String text) {
    var parts = text.strip().split("/", 2);
    var base = NetUtil.createByteArrayFromIpAddressString(parts[0]);
    if (base == null) {
      throw new IllegalArgumentException(
          "%s is no network such as 10.0.0.0/8 or fe80::/10".formatted(text));
    }
    var most = base.length * Byte.SIZE;
    var bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("%s: 0 to %d bits are possible".formatted(text, most));
    }
    return new Network(base, bits);
  }

  boolean contains(InetAddress address) {
    var bytes = address.getAddress();
    if (bytes.length != base.length) {
      return false;
    }
    for (var bit = 0; bit < bits; bit++) {
      var mask = 0x80 >> bit % Byte.SIZE;
      if ((bytes[bit / Byte.SIZE] & mask) != (base[bit / Byte.SIZE] & mask)) {
        return false;
      }
    }
    return true;
  }
}
