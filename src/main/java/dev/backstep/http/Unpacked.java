package dev.backstep.http;

import dev.backstep.http.HttpExchange.TooLargeException;
import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Unpacks the answers of endpoints that pack them though nobody asked them to. */
final class Unpacked {
  private Unpacked() {}

  /** The answer cannot be read. */
  static final class UnreadableException extends ProblemException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String encoding, String why) {
      super(
          new Problem(
              "AnswerUnreadable", ": the answer is packed as %s, %s".formatted(encoding, why)));
    }
  }

  /**
   * What is in a packed answer.
   *
   * @param encoding the header Content-Encoding; null: it is not packed
   * @param most how many bytes are unpacked at most, however small the packed answer is
   */
  static byte[] of(String encoding, byte[] packed, int most)
      throws TooLargeException, UnreadableException {
    if (encoding == null || packed.length == 0) {
      return packed;
    }
    try (var stream = stream(encoding, packed)) {
      var bytes = stream.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new TooLargeException(most);
      }
      return bytes;
    } catch (IOException e) {
      throw new UnreadableException(
          encoding, "and cannot be unpacked: %s".formatted(e.getMessage()));
    }
  }

  private static InputStream stream(String encoding, byte... packed)
      throws IOException, UnreadableException {
    var bytes = new ByteArrayInputStream(packed);
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "identity" -> bytes;
      case "gzip", "x-gzip" -> new GZIPInputStream(bytes);
      case "deflate" -> new InflaterInputStream(bytes);
      default -> throw new UnreadableException(encoding, "which nobody asked for");
    };
  }
}
