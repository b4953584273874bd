package dev.backstep.synccontrol.decide;

import dev.backstep.synccontrol.decide.Decision.Act;
import dev.backstep.synccontrol.decide.Decision.Advance;
import dev.backstep.synccontrol.decide.Decision.Close;
import java.util.ArrayList;
import java.util.List;

/**
 * All that one pass decides: step after step, each as if the one before it had been written. They
 * are written at once, before anything of it is sent: whoever waits for the last of many means does
 * not wait for a write for each of the others.
 *
 * @param steps in their order
 * @param acts whose intents are among the steps
 * @param closes intents that were found open
 */
public record Round(List<Advance> steps, List<Act> acts, List<Close> closes) {
  /** More than this are left to the next pass. */
  private static final int MOST = 50;

  /** What is decided from a snapshot. */
  public static Round of(SwitchSnapshot snapshot) {
    var steps = new ArrayList<Advance>();
    var acts = new ArrayList<Act>();
    var closes = new ArrayList<Close>();
    var seen = snapshot;
    for (var decision = Switching.decide(seen);
        !(decision instanceof Decision.Wait) && steps.size() < MOST;
        decision = Switching.decide(seen)) {
      if (decision instanceof Close close) {
        closes.add(close);
        seen = seen.carriedOut(close.means());
      } else if (decision instanceof Act act) {
        acts.add(act);
        steps.add(act.intended());
        seen = seen.after(act.intended()).carriedOut(act.means());
      } else if (decision instanceof Advance advance) {
        steps.add(advance);
        seen = seen.after(advance);
      }
    }
    return new Round(List.copyOf(steps), List.copyOf(acts), List.copyOf(closes));
  }
}
