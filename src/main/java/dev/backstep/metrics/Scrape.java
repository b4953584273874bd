package dev.backstep.metrics;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.api.v1alpha1.RollbackPlan;
import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.journal.Journal;
import dev.backstep.leader.Leading;
import dev.backstep.resource.Watched;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers Prometheus. Whatever is said of objects is read from their statuses while it asks, so
 * nothing is lost with a process, every replica says the same, and what is deleted is not said any
 * more.
 */
@Singleton
public class Scrape extends Collector implements Collector.Describable {
  private final Watched<RollbackPlan> plans;
  private final Watched<SyncControl> syncs;
  private final Watched<DbRestore> restores;
  private final Leading leading;
  private final Journal journal;
  private final ApiRequests requests;
  private final String version;

  public Scrape(
      Watched<RollbackPlan> plans,
      Watched<SyncControl> syncs,
      Watched<DbRestore> restores,
      Leading leading,
      Journal journal,
      ApiRequests requests,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.plans = plans;
    this.syncs = syncs;
    this.restores = restores;
    this.leading = leading;
    this.journal = journal;
    this.requests = requests;
    this.version = version;
  }

  void onStart(@Observes StartupEvent start, CollectorRegistry registry) {
    registry.register(this);
  }

  /** Nothing is said of objects before it is asked for. */
  @Override
  public List<MetricFamilySamples> describe() {
    return List.of();
  }

  @Override
  public List<MetricFamilySamples> collect() {
    var figures = new Figures();
    figures.say(Figure.BUILD_INFO, 1, List.of(version));
    figures.say(Figure.LEADER, leading.leads() ? 1 : 0, List.of());
    plans.all().forEach(plan -> PlanFigures.say(figures, plan));
    syncs.all().forEach(sync -> SyncFigures.say(figures, sync));
    restores.all().forEach(restore -> RestoreFigures.say(figures, restore));
    figures.say(Figure.JOURNAL_WAITING, journal.waiting(), List.of());
    journal.failingSince().ifPresent(at -> figures.time(Figure.JOURNAL_FAILING, at, List.of()));
    requests.say(figures);
    return figures.all();
  }
}
