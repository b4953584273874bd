package dev.backstep.action.blockroute;

import dev.backstep.api.v1alpha1.action.BlockRoute;
import dev.backstep.api.v1alpha1.action.BlockRoute.PathType;

/** The requests that an action is about, as routes tell them apart. */
record Requests(PathType type, String path) {
  static Requests of(BlockRoute action) {
    return new Requests(action.pathType(), action.path());
  }

  /** True when all requests to that path, or with that prefix, are among these. */
  boolean cover(boolean exact, String other) {
    return switch (type) {
      case Exact -> exact && other.equals(path);
      case Prefix -> below(other);
      case RegularExpression -> false;
    };
  }

  /** Part by part: {@code /a} has {@code /a/b} below it and not {@code /ab}. */
  private boolean below(String other) {
    var prefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return other.equals(prefix) || other.startsWith(prefix + "/");
  }

  /** For people. */
  static String shown(BlockRoute action) {
    return "%s%s%s%s"
        .formatted(
            action.method() == null ? "" : action.method() + " ",
            action.host() == null ? "" : action.host(),
            action.path(),
            action.pathType() == PathType.Prefix ? " and below" : "");
  }
}
