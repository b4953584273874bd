package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.database.swap.Names;
import dev.backstep.program.HowFar;
import dev.backstep.program.HowFar.Doing;
import dev.backstep.sqlite.TestFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a SQLite file in a bucket of a real store. */
class FileBackupIT {
  @TempDir Path volume;
  @TempDir Path scratch;

  @Test
  void aBucketHasItAndGivesItBack() throws Exception {
    new TestFile(volume)
        .has("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)")
        .hasRows("orders", 1000, "n, 'order ' || n");
    try (var store = ObjectStore.with("backups")) {
      var keys = store.keys(scratch.resolve("keys"));
      var place = new Place(null, new Place.S3(store.endpoint(), null, "backups", keys));
      var at = Instant.parse("2026-03-01T02:00:00Z");
      var task =
          new FileBackupTask(volume.toString(), "shop.sqlite", place, "shop/daily-", at, null);

      var said = new ArrayList<String>();
      assertThat(new FileBackup(task, scratch, new Announcement(said::add)).made())
          .startsWith("shop/daily-20260301T020000Z.sqlite")
          .contains("1,000 rows of 1 tables", "read back");
      var size = Files.size(volume.resolve("shop.sqlite"));
      assertThat(said)
          .contains(
              new HowFar(Doing.STORE, size, size).line(),
              new HowFar(Doing.READ_BACK, size, size).line());

      var wanted = new LoadTask.Source(place, null, "shop/daily-", null, null, "shop.sqlite", null);
      var names = new Names("0123abcd", 1);
      var load = new FileLoadTask(names, volume.toString(), "shop.sqlite", wanted);
      assertThat(new FileLoad(load, scratch, new Announcement(said::add)).done())
          .containsEntry("file", "shop/daily-20260301T020000Z.sqlite");
      assertThat(said)
          .contains(new HowFar(Doing.COPY, size, size).line())
          .endsWith(new HowFar(Doing.CHECK, size, size).line());
    }
  }
}
