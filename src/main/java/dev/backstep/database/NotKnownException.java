package dev.backstep.database;

/** It is not known how an effect ended: it has to be closed, a little later. */
public final class NotKnownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotKnownException(String message) {
    super(message);
  }

  NotKnownException(String message, Throwable cause) {
    super(message, cause);
  }
}
