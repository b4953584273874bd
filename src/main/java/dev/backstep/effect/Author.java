package dev.backstep.effect;

/**
 * On whose rights something is looked at or done.
 *
 * @param namespace nothing outside of it is reached
 * @param serviceAccount whose rights count
 */
public record Author(String namespace, String serviceAccount) {
  @Override
  public String toString() {
    return "ServiceAccount %s/%s".formatted(namespace, serviceAccount);
  }
}
