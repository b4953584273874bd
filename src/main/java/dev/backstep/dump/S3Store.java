package dev.backstep.dump;

import dev.backstep.problem.Problem;
import dev.backstep.problem.ProblemException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket. An object is there as a whole or not at all, so a draft has the name of the dump: what
 * makes it a backup is its manifest.
 */
final class S3Store implements Store {
  /** Stores that have no regions want one in the signature all the same. */
  private static final String ANY_REGION = "us-east-1";

  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  private final S3Client client;
  private final String bucket;
  private volatile MultipartUpload draft;

  private S3Store(S3Client client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /**
   * Opens a bucket; nothing is asked of it yet.
   *
   * @throws ProblemException when the Secret lacks a key
   */
  static S3Store of(Place.S3 place) throws ProblemException {
    var folder = Path.of(place.secret());
    var credentials =
        AwsBasicCredentials.create(key(folder, "accessKeyId"), key(folder, "secretAccessKey"));
    var builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .credentialsProvider(StaticCredentialsProvider.create(credentials))
            .region(Region.of(place.region() == null ? ANY_REGION : place.region()))
            // Whoever speaks the protocol need not know checksums that came later.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    if (place.endpoint() != null) {
      builder.endpointOverride(URI.create(place.endpoint())).forcePathStyle(true);
    }
    return new S3Store(builder.build(), place.bucket());
  }

  private static String key(Path folder, String key) throws ProblemException {
    try {
      var value = Files.readString(folder.resolve(key)).strip();
      if (!value.isEmpty()) {
        return value;
      }
    } catch (IOException e) {
      // It is as good as empty.
    }
    throw new ProblemException(
        new Problem(
            "SecretKeyMissing",
            "The Secret of the bucket has no key %s. It needs accessKeyId and secretAccessKey."
                .formatted(key)));
  }

  @Override
  public String name() {
    return "bucket %s".formatted(bucket);
  }

  @FunctionalInterface
  private interface Request<T> {
    T answer() throws IOException, ProblemException;
  }

  private <T> T asked(Request<T> request) throws IOException, ProblemException {
    try {
      return request.answer();
    } catch (S3Exception e) {
      if (e.statusCode() < SERVER_ERROR
          && e.statusCode() != REQUEST_TIMEOUT
          && e.statusCode() != TOO_MANY) {
        throw new ProblemException(refused(e));
      }
      throw new IOException("%s does not answer: %s".formatted(name(), said(e)), e);
    } catch (SdkException e) {
      throw new IOException("%s cannot be reached: %s".formatted(name(), e.getMessage()), e);
    }
  }

  private Problem refused(S3Exception e) {
    return switch (e.statusCode()) {
      case NOT_FOUND ->
          new Problem(
              "BucketMissing",
              "There is no %s: %s. Create it, or correct bucket and endpointURL."
                  .formatted(name(), said(e)));
      case FORBIDDEN ->
          new Problem(
              "BucketForbidden",
              "The keys of the Secret may not use %s: %s. Correct the Secret, or let them list, read, write and delete objects there."
                  .formatted(name(), said(e)));
      default ->
          new Problem(
              "BucketRefused",
              "%s refuses a request: %s. Correct endpointURL, bucket and region."
                  .formatted(name(), said(e)));
    };
  }

  private static String said(S3Exception e) {
    var details = e.awsErrorDetails();
    return details == null || details.errorMessage() == null
        ? "HTTP %d".formatted(e.statusCode())
        : "%s (%s)".formatted(details.errorCode(), details.errorMessage().replaceAll("\\.$", ""));
  }

  @Override
  public List<String> list(String prefix) throws IOException, ProblemException {
    return asked(
        () ->
            client
                .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                .contents()
                .stream()
                .map(S3Object::key)
                .filter(key -> key.indexOf('/', prefix.length()) < 0)
                .sorted()
                .toList());
  }

  @Override
  public boolean has(String name) throws IOException, ProblemException {
    return list(name).contains(name);
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException, ProblemException {
    return asked(
        () -> {
          try (var content = opened(name)) {
            return Optional.of(content.readNBytes(LARGEST));
          } catch (NoSuchKeyException e) {
            return Optional.empty();
          }
        });
  }

  @Override
  public void write(String name, byte[] content) throws IOException, ProblemException {
    asked(
        () ->
            client.putObject(
                request -> request.bucket(bucket).key(name), RequestBody.fromBytes(content)));
  }

  @Override
  public void draft(String name, Written content) throws IOException, ProblemException {
    asked(
        () -> {
          try (var upload = new MultipartUpload(client, bucket, name)) {
            draft = upload;
            content.into(output -> output.transferTo(upload));
            upload.complete();
            return name;
          }
        });
  }

  @Override
  public long drafted() {
    return draft == null ? 0 : draft.sent();
  }

  @Override
  public InputStream readDraft(String name) throws IOException, ProblemException {
    return asked(() -> opened(name));
  }

  /** Its failures are those of any other stream. */
  private InputStream opened(String name) {
    return new FilterInputStream(client.getObject(request -> request.bucket(bucket).key(name))) {
      @Override
      public int read(byte[] buffer, int from, int length) throws IOException {
        try {
          return super.read(buffer, from, length);
        } catch (SdkException e) {
          throw new IOException(e);
        }
      }
    };
  }

  @Override
  public void publish(String name) {
    // It has its name.
  }

  @Override
  public void delete(String name) throws IOException, ProblemException {
    asked(() -> client.deleteObject(request -> request.bucket(bucket).key(name)));
  }

  @Override
  public Path local(String name, Path scratch) throws IOException, ProblemException {
    var copy = scratch.resolve("source.dump");
    return asked(
        () -> {
          try (var content = opened(name)) {
            Files.copy(content, copy, StandardCopyOption.REPLACE_EXISTING);
            return copy;
          } catch (NoSuchKeyException e) {
            throw new ProblemException(Refusals.missing(name, this));
          }
        });
  }

  @Override
  public void close() {
    client.close();
  }
}
