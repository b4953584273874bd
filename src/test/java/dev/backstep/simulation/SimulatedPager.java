package dev.backstep.simulation;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.notification.Notice;
import dev.backstep.rollbackplan.status.PlanNotices;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who is told what happens: takes letters, or answers that it cannot. TOLD: what happens first is
 * told first; and at rest everybody was told everything, as the plan's status says.
 */
final class SimulatedPager {
  private static final int TAKEN = 200;
  private static final int AWAY = 503;

  private final Simulation world;
  private final Set<String> taken = new HashSet<>();
  private final Map<String, Long> last = new HashMap<>();
  private long awayUntil;

  SimulatedPager(Simulation world) {
    this.world = world;
  }

  /** It takes nothing for so long. */
  void away(long millis) {
    awayUntil = world.time().elapsed() + millis;
  }

  boolean isAway() {
    return world.time().elapsed() < awayUntil;
  }

  /** A letter comes, whose key is {@code <uid>/<claim>/<seq>}. */
  Answer handle(String key) {
    if (isAway()) {
      return new Answer(AWAY, TextNode.valueOf(""));
    }
    world.done();
    if (taken.add(key)) {
      var cut = key.lastIndexOf('/');
      var seq = Long.parseLong(key.substring(cut + 1));
      var before = last.put(key.substring(0, cut), seq);
      if (before != null && before > seq) {
        world.violated("TOLD", "step %d was told before %d".formatted(before, seq), null);
      }
    }
    return new Answer(TAKEN, TextNode.valueOf(""));
  }

  /** What nobody was told of the plan as it is now; null: nothing. */
  String untold() {
    if (world.plan() == null) {
      return null;
    }
    var plan = (RollbackPlan) world.typed(world.plan());
    var news = PlanNotices.of(plan, plan.getStatus());
    for (var notice : news.notices()) {
      if (!taken.contains(key(plan, notice))) {
        return "nobody was told of %s".formatted(notice);
      }
    }
    return null;
  }

  private static String key(RollbackPlan plan, Notice notice) {
    return "%s/%s/%d".formatted(plan.getMetadata().getUid(), notice.claim(), notice.seq());
  }
}
