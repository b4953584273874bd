package dev.backstep.resync;

import dev.backstep.text.Sentences;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How far a re-sync is, as it says in the target.
 *
 * @param tables in the order in which they are copied
 */
public record Progress(List<Table> tables) {

  /** How far a table is. */
  public enum State {
    waiting,
    copied,
    compared
  }

  /**
   * A table.
   *
   * @param total keys that the source has
   * @param copied how many of them were copied
   * @param written how many of these were not in the target, or not like this
   * @param others rows of the target that the source does not have
   * @param note what was not copied; empty: all was
   */
  public record Table(
      String name, long total, long copied, long written, State state, long others, String note) {

    /** As {@code vehicles 12,400/50,000}. */
    String counted() {
      return String.format(Locale.ROOT, "%s %,d/%,d", name, copied, total);
    }

    private String summary() {
      return String.format(
          Locale.ROOT,
          "%s %,d/%,d, %,d of them new or changed%s%s",
          name,
          copied,
          total,
          written,
          others == 0 ? "" : String.format(Locale.ROOT, ", beside %,d other rows", others),
          note.isEmpty() ? "" : " (%s)".formatted(note));
    }
  }

  /** True when nothing is left to do. */
  boolean done() {
    return tables.stream().allMatch(table -> table.state() == State.compared);
  }

  /** Where it is, such as {@code vehicles 12,400/50,000, table 2 of 5}. */
  public String now() {
    return Stream.of(State.waiting, State.copied)
        .flatMap(state -> at(state).boxed().limit(1))
        .findFirst()
        .map(this::now)
        .orElseGet(this::summary);
  }

  private IntStream at(State state) {
    return IntStream.range(0, tables.size()).filter(at -> tables.get(at).state() == state);
  }

  private String now(int at) {
    var table = tables.get(at);
    return "%s%s, table %d of %d"
        .formatted(
            table.state() == State.copied ? "comparing " : "",
            table.counted(),
            at + 1,
            tables.size());
  }

  /** What was copied, table by table. */
  public String summary() {
    return Sentences.bounded(tables.stream().map(Table::summary).collect(Collectors.joining("; ")));
  }
}
