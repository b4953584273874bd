package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/**
 * A dump that was read to its end, here or when it was made, and is the one that is wanted.
 *
 * @param name as people know it
 * @param path where it is now
 * @param header what it says of itself
 * @param content what is in it
 * @param madeAt the time of which it is, or a little before
 * @param written when it was written to last, before it was read
 * @param vouched true: it has the checksum that its manifest, or who asked for it, says
 * @param programs that could read it
 */
record Source(
    String name,
    Path path,
    DumpHeader header,
    Content content,
    Instant madeAt,
    FileTime written,
    boolean vouched,
    PgPrograms.Installed programs) {

  /**
   * Finds it, reads it, and compares it with what is wanted.
   *
   * @param server that it is for
   * @param scratch where there is space for a copy
   * @throws ProblemException with what speaks against restoring it
   */
  static Source of(Store store, LoadTask.Source wanted, ServerFacts server, Path scratch)
      throws IOException, ProblemException {
    var programs = PgPrograms.here().of(server.major());
    var found = Found.in(store, wanted, FileNames.DUMP);
    var path = store.local(found.name(), scratch);
    var written = written(path);
    var read = DumpHeader.of(path, found.name(), programs);
    var madeAt = found.manifest().map(Manifest::started).orElse(read.header().made());
    check(read.header(), found.name(), wanted, server);
    checkAge(madeAt, found.name(), wanted.notOlderThan());
    var content = content(path, found, wanted, read.programs());
    return new Source(
        found.name(),
        path,
        read.header(),
        content,
        madeAt,
        written,
        found.isVouched(wanted),
        read.programs());
  }

  /**
   * What is in it. Whoever wrote its manifest had read all of it, so where the bytes are still the
   * same, they are not read a second time as what they mean; what they are not, loading them shows.
   */
  private static Content content(
      Path path, Found found, LoadTask.Source wanted, PgPrograms.Installed programs)
      throws IOException, ProblemException {
    if (found.manifest().isPresent()) {
      var unread = Content.unread(path);
      checkSum(unread.sha256(), found, wanted.sha256());
      var manifest = found.manifest().get();
      if (manifest.sha256().equalsIgnoreCase(unread.sha256()) && manifest.rows() != null) {
        return unread.withRows(manifest.rows());
      }
    }
    var content = Content.of(path, programs);
    checkSum(content.sha256(), found, wanted.sha256());
    return content;
  }

  private static FileTime written(Path path) throws IOException {
    return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static void check(
      DumpHeader header, String name, LoadTask.Source wanted, ServerFacts server)
      throws ProblemException {
    if (wanted.database() != null && !wanted.database().equals(header.database())) {
      throw problem(
          "WrongDatabase",
          "%s is a dump of database %s, and one of %s is wanted. Take another one, or say of which database it has to be.",
          name,
          header.database(),
          wanted.database());
    }
    if (header.major() > server.major()) {
      throw problem(
          "NewerVersion",
          "%s was dumped from PostgreSQL %s, and the server is %s: an older one does not take what a newer one wrote. Take another dump, or upgrade the server.",
          name,
          header.server(),
          server.version());
    }
  }

  /** It is not older than is allowed. */
  static void checkAge(Instant madeAt, String name, Instant notOlderThan) throws ProblemException {
    if (notOlderThan != null && madeAt.isBefore(notOlderThan)) {
      throw problem(
          "TooOld",
          "%s was made at %s, and none older than %s is wanted. Take a newer one, or allow more loss.",
          name,
          madeAt,
          notOlderThan);
    }
  }

  /** It has the checksum that somebody said it has. */
  static void checkSum(String sum, Found found, String wanted) throws ProblemException {
    var expected = wanted == null ? found.manifest().map(Manifest::sha256).orElse(null) : wanted;
    if (expected != null && !expected.equalsIgnoreCase(sum)) {
      throw problem(
          "WrongChecksum",
          "%s has the sha256 %s, and %s says %s: it is damaged, or another dump. Take another one.",
          found.name(),
          sum,
          wanted == null ? "its manifest" : "sha256",
          expected);
    }
  }

  /**
   * Nobody wrote to it since it was read.
   *
   * @throws ProblemException when somebody did
   */
  void checkUnchanged() throws IOException, ProblemException {
    if (!written(path).equals(written)) {
      throw problem(
          "SourceChanged",
          "%s was written to while it was restored, so nobody knows what was restored. Keep writers away from it, and try again.",
          name);
    }
  }

  static ProblemException problem(String reason, String message, Object... of) {
    return new ProblemException(new Problem(reason, message.formatted(of)));
  }
}
