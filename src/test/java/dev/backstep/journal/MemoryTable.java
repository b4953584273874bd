package dev.backstep.journal;

import dev.backstep.api.JournalEntry;
import dev.backstep.config.BackstepConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/** The journal's table without a database, which is away when a test wants it to be. */
public final class MemoryTable extends JournalTable {
  private static final BackstepConfig CONFIG =
      new SmallRyeConfigBuilder()
          .addDiscoveredConverters()
          .withMapping(BackstepConfig.class)
          .withDefaultValue("backstep.journal.url", "jdbc:postgresql://db/backstep")
          .build()
          .getConfigMapping(BackstepConfig.class);

  private final List<String> rows = new ArrayList<>();
  private final List<String> tried = new ArrayList<>();
  private boolean away;
  private String refused = "";

  public MemoryTable() {
    super(new Database(null, null));
  }

  /** A journal that is kept in this table. */
  public Journal journal(Clock clock, ExecutorService writer) {
    return new Journal(CONFIG, this, clock, writer);
  }

  /** From now on the database answers nobody, or it does again. */
  public void away(boolean now) {
    away = now;
  }

  /** The rows of this object are not taken. */
  public void refuse(String uid) {
    refused = uid;
  }

  /** Each row as object and number. */
  public List<String> rows() {
    return rows;
  }

  /** The objects whose rows were to be written, each time. */
  public List<String> tried() {
    return tried;
  }

  @Override
  public void write(ObjectId object, List<? extends JournalEntry> transitions)
      throws UnreachableException {
    tried.add(object.uid());
    if (away) {
      throw new UnreachableException("connection refused", null);
    }
    if (object.uid().equals(refused)) {
      throw new IllegalArgumentException("null value in column phase");
    }
    transitions.forEach(it -> rows.add(object.uid() + " " + it.seq()));
  }
}
