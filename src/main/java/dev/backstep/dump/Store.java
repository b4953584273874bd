package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where dumps and their manifests are kept, by names with slashes. What cannot be done now or later
 * is a {@link ProblemException}; what another try may overcome is an {@link IOException}.
 */
interface Store extends AutoCloseable {
  /** Where it is, for people, such as {@code bucket backups}. */
  String name();

  /** The names that begin with this, in their order; of files in one folder. */
  List<String> list(String prefix) throws IOException, ProblemException;

  boolean has(String name) throws IOException, ProblemException;

  /** What is read of a small file; a larger one is cut off. */
  int LARGEST = 16 * 1024 * 1024;

  /** A small file; empty: there is none. */
  Optional<byte[]> read(String name) throws IOException, ProblemException;

  /** Writes a small file, which is there as a whole or not at all. */
  void write(String name, byte[] content) throws IOException, ProblemException;

  /** Stores it where nobody takes it for a backup yet. */
  void draft(String name, Written content) throws IOException, ProblemException;

  /** How much of a draft is stored, in bytes. */
  long drafted();

  /** Reads a draft. */
  InputStream readDraft(String name) throws IOException, ProblemException;

  /** Gives a draft its name. */
  void publish(String name) throws IOException, ProblemException;

  /** Deletes what may be there. */
  void delete(String name) throws IOException, ProblemException;

  /**
   * The same as a file, or as a folder, that is not written to any more.
   *
   * @param scratch a folder to copy it to
   * @throws ProblemException when there is none of that name
   */
  Path local(String name, Path scratch) throws IOException, ProblemException;

  @Override
  void close();
}
