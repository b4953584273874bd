package dev.backstep.resync;

/**
 * A column of a table of the target, as its catalogue describes it.
 *
 * @param quoted its name as SQL knows it
 * @param type as SQL knows it, without a length: that is checked when the row is written
 * @param base the type below all domains, such as bool
 * @param required a row without a value for it is refused
 * @param fixed PostgreSQL takes a value for it in a new row only
 * @param computed PostgreSQL takes no value for it
 */
record TargetColumn(
    String name,
    String quoted,
    String type,
    String base,
    boolean required,
    boolean fixed,
    boolean computed) {

  /** A value that comes as text, as one of this column's. */
  String cast(String text) {
    // Without this, PostgreSQL would drop the time zone that a text names.
    var moment = base.equals("timestamp") ? "%s::timestamptz::timestamp".formatted(text) : text;
    return "%s::%s".formatted(moment, type);
  }
}
