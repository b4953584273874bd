package dev.backstep.dump;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * An object that is sent while it is written, and not there before {@link #complete}. Its parts are
 * all of one size, as some stores want it; a store takes 10,000 of them, which is 320 GB.
 */
final class MultipartUpload extends OutputStream {
  private static final int PART = 32 * 1024 * 1024;

  private final S3Client client;
  private final String bucket;
  private final String key;
  private final byte[] part = new byte[PART];
  private final List<CompletedPart> parts = new ArrayList<>();
  private final String id;
  private int length;
  private boolean complete;
  private volatile long sent;

  MultipartUpload(S3Client client, String bucket, String key) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.id = client.createMultipartUpload(request -> request.bucket(bucket).key(key)).uploadId();
  }

  long sent() {
    return sent;
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    for (var at = from; at < from + count; ) {
      var fits = Math.min(PART - length, from + count - at);
      System.arraycopy(bytes, at, part, length, fits);
      length += fits;
      at += fits;
      if (length == PART) {
        send();
      }
    }
  }

  private void send() {
    var number = parts.size() + 1;
    var content = RequestBody.fromBytes(Arrays.copyOf(part, length));
    var tag =
        client
            .uploadPart(
                request -> request.bucket(bucket).key(key).uploadId(id).partNumber(number), content)
            .eTag();
    parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    sent += length;
    length = 0;
  }

  /** All of it was written: it is there from now on. */
  void complete() {
    if (length > 0 || parts.isEmpty()) {
      send();
    }
    client.completeMultipartUpload(
        request ->
            request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts)));
    complete = true;
  }

  /** What is not complete is taken away again. */
  @Override
  public void close() {
    if (!complete) {
      try {
        client.abortMultipartUpload(request -> request.bucket(bucket).key(key).uploadId(id));
      } catch (SdkException e) {
        // The store has parts of it then that nobody sees; a rule of the bucket ends those.
      }
    }
  }
}
