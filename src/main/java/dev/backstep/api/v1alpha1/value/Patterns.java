package dev.backstep.api.v1alpha1.value;

/** The string formats of the API, each defined once. */
public final class Patterns {
  /** A Kubernetes object name: RFC 1123 subdomain, at most 253 characters. */
  public static final String OBJECT_NAME =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** A name inside a plan: RFC 1123 label. */
  public static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** A duration greater than zero: whole seconds, minutes or hours, such as 30s, 15m, 2h. */
  public static final String DURATION = "^[1-9][0-9]{0,5}(s|m|h)$";

  /** As {@link #DURATION}, and 0s as well. */
  public static final String DURATION_OR_ZERO = "^(0|[1-9][0-9]{0,5})(s|m|h)$";

  /** A run id: it becomes part of object names by its hash and is shown in columns. */
  public static final String RUN_ID = "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$";

  /** The name of an argument of a plan. */
  public static final String ARGUMENT = "^[a-z][a-z0-9_]*$";

  /** A container image reference, loosely: no spaces, no control characters; may hold arguments. */
  public static final String IMAGE = "^([A-Za-z0-9._:/@+-]|\\$\\(args\\.[a-z][a-z0-9_]*\\))+$";

  /**
   * A path and query once args are filled in: none of its segments is {@code .} or {@code ..},
   * which would lead to another place than the plan names. RE2.
   */
  public static final String FILLED_PATH =
      "(/(|[^/?.][^/?]*|\\.[^/?.][^/?]*|\\.\\.[^/?]+))+(\\?.*)?";

  /** A container image once args are filled in. RE2. */
  public static final String FILLED_IMAGE = "[A-Za-z0-9._:/@+-]{1,512}";

  /** A revision number once args are filled in. RE2. */
  public static final String FILLED_REVISION = "[1-9][0-9]{0,17}";

  /** One line of printable ASCII once args are filled in. RE2. */
  public static final String FILLED_LINE = "[ -~]*";

  /** An argument of a program once args are filled in: anything but NUL. RE2. */
  public static final String FILLED_ARGUMENT = "(?s)[^\\x00]*";

  /** A hash of resolved actions: letters, digits and what divides an algorithm from its value. */
  public static final String HASH = "^[A-Za-z0-9][A-Za-z0-9:_-]*$";

  /** A path without a leading slash, none of whose segments begins with a dot twice. */
  public static final String RELATIVE_PATH =
      "^(\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*/)*\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*$";

  /** As {@link #RELATIVE_PATH}, and the beginning of one: a folder and its slash as well. */
  public static final String PATH_PREFIX =
      "^(\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*/)*(\\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)?$";

  /** A bucket of an object store. */
  public static final String BUCKET = "^[a-z0-9][a-z0-9.-]*[a-z0-9]$";

  /** A region of an object store. */
  public static final String REGION = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** The root of an HTTP server, perhaps with a path. */
  public static final String ENDPOINT =
      "^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?$";

  /** A table as SQL knows it: two names at most, each plain or quoted. */
  public static final String TABLE =
      "^([A-Za-z_][A-Za-z0-9_$]*|\"[^\"]+\")(\\.([A-Za-z_][A-Za-z0-9_$]*|\"[^\"]+\"))?$";

  private Patterns() {}
}
