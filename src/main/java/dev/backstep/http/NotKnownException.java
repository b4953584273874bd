package dev.backstep.http;

/** It is not known yet whether a request was carried out; it can be found out a little later. */
final class NotKnownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotKnownException(String message) {
    super(message);
  }
}
