package dev.backstep.effect;

/**
 * What an effect is about, for people, for owners and for the status.
 *
 * @param kind such as Deployment, Service or database
 * @param name its name in the author's namespace
 */
public record Target(String kind, String name) {
  @Override
  public String toString() {
    return kind + " " + name;
  }
}
