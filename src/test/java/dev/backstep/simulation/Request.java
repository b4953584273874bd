package dev.backstep.simulation;

import java.util.Map;

/**
 * One request as it is on the wire.
 *
 * @param user who is impersonated; null: the operator itself
 * @param sent the moment at which its process first sent it
 */
record Request(
    String method, String path, Map<String, String> query, byte[] body, String user, long sent) {

  /** What the paths of requests begin with that go to others than the API server. */
  static final String OUTSIDE = "/outside/";

  /** True when nothing that the operator or an application reads is changed. */
  boolean leavesNothing() {
    return !stores() || path.endsWith("/events");
  }

  /** True when the API server keeps what it brings. */
  boolean stores() {
    return writes() && !path.endsWith("reviews") && !query.containsKey("dryRun");
  }

  boolean writes() {
    return !method.equals("GET");
  }

  /** A write to something that is not Backstep's own: an effect. */
  boolean isEffect() {
    return user != null && (method.equals("PATCH") || method.equals("DELETE") || creates());
  }

  /** Asks which kinds there are: a client does it once, however many histories it lives through. */
  boolean isDiscovery() {
    return method.equals("GET") && path.matches("/apis/[^/]+/[^/]+");
  }

  /** It goes to somebody outside of the cluster, and changes something there. */
  boolean isOutside() {
    return path.startsWith(OUTSIDE);
  }

  /** Records and Events are Backstep's own, written with its own rights. */
  private boolean creates() {
    return method.equals("POST") && path.endsWith("/jobs");
  }

  boolean isStatusWrite() {
    return method.equals("PUT") && path.endsWith("/status");
  }

  Request withBody(byte[] other) {
    return new Request(method, path, query, other, user, sent);
  }

  @Override
  public String toString() {
    return method + " " + path + (query.isEmpty() ? "" : " " + query);
  }
}
