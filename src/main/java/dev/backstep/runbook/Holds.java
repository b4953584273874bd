package dev.backstep.runbook;

import dev.backstep.api.v1alpha1.Hold;
import java.util.List;
import java.util.stream.Collectors;

/** Words and arithmetic about what is kept off. */
public final class Holds {
  private Holds() {}

  /** What is off, for a human who would otherwise go to bed. */
  public static String stillOff(List<Hold> holds) {
    return "Still off: "
        + holds.stream().map(Holds::name).distinct().collect(Collectors.joining(", "))
        + ". After the fix set spec.run.state to Released to give it back.";
  }

  /** What is left off for good, as far as this run is concerned. */
  public static String left(List<Hold> holds) {
    return "Still off: "
        + holds.stream().map(Holds::name).distinct().collect(Collectors.joining(", "))
        + ". This run does not give it back any more: scale it by hand.";
  }

  private static String name(Hold hold) {
    return hold.kind() + " " + hold.name() + " (" + hold.original() + " -> " + hold.held() + ")";
  }
}
