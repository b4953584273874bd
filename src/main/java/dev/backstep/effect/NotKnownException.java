package dev.backstep.effect;

/** It is not known yet how an effect ended; it is closed a little later, or at once. */
public final class NotKnownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean goesOn;

  public NotKnownException(String message) {
    this(message, false);
  }

  public NotKnownException(String message, Throwable cause) {
    super(message, cause);
    goesOn = false;
  }

  private NotKnownException(String message, boolean goesOn) {
    super(message);
    this.goesOn = goesOn;
  }

  /** A part of it was done, and nothing is in the way of the next one. */
  public static NotKnownException goingOn(String message) {
    return new NotKnownException(message, true);
  }

  /** True when there is nothing to wait for before it is closed again. */
  public boolean goesOn() {
    return goesOn;
  }
}
