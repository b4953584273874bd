package dev.backstep.effect;

/** It is not known yet how an effect ended; it is closed a little later. */
public final class NotKnownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotKnownException(String message) {
    super(message);
  }

  public NotKnownException(String message, Throwable cause) {
    super(message, cause);
  }
}
