package dev.backstep.dump;

import dev.backstep.problem.ProblemException;
import java.nio.file.Path;

/**
 * Where dumps are, as a program in a pod reaches it.
 *
 * @param volume the folder where a volume is mounted; null: {@code s3} says where
 * @param s3 a bucket; null: they are on a volume
 */
public record Place(String volume, S3 s3) {

  /**
   * A bucket.
   *
   * @param endpoint null: Amazon's own
   * @param region null: any
   * @param secret folder where the Secret is mounted that says who asks
   */
  public record S3(String endpoint, String region, String bucket, String secret) {}

  /**
   * Opens it.
   *
   * @throws ProblemException when nobody could
   */
  Store open() throws ProblemException {
    return volume == null ? S3Store.of(s3) : new VolumeStore(Path.of(volume));
  }
}
