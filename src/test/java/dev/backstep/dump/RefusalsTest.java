package dev.backstep.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences are those of the server and of pg_dump. */
class RefusalsTest {
  private static final Store STORE = new VolumeStore(Path.of("backups"));

  private static String reason(String said) {
    return Refusals.ofDumping("pg_dump: error: %s".formatted(said), "orders", STORE)
        .problem()
        .reason();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "query failed: ERROR:  invalid page in block 0 of relation base/16384/16385",
        "query failed: ERROR:  missing chunk number 0 for toast value 16400 in pg_toast_16385",
        "query failed: ERROR:  compressed pglz data is corrupt",
        "query failed: ERROR:  could not open file \"base/16384/16385\": No such file or directory",
        "query failed: ERROR:  could not open file \"pg_tblspc/1/PG_16_2/5/6\": Input/output error",
        "query failed: ERROR:  could not open file \"base/5/6.1\" (target block 131072): previous segment is only 4 blocks",
        "query failed: ERROR:  could not read block 7 in file \"base/5/6\": Structure needs cleaning",
        "query failed: ERROR:  could not read block 7 in file \"base/5/6\": read only 0 of 8192 bytes",
        "query failed: ERROR:  could not read blocks 0..7 in file \"base/5/6\": I/O error",
        "query failed: ERROR:  could not access status of transaction 4711\nDETAIL:  Could not open file \"pg_xact/0000\": No such file or directory.",
        "query failed: ERROR:  could not access status of transaction 4711\nDETAIL:  Could not read from file \"pg_xact/0000\" at offset 8192: read too few bytes.",
      })
  void pagesAndFilesThatAreNotAsTheyWereWrittenAreDamage(String said) {
    assertThat(reason(said)).isEqualTo(Refusals.DATABASE_DAMAGED);
  }

  /** Whoever takes a sound database for a damaged one replaces it without a backup. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "query failed: ERROR:  could not open file \"base/16384/16385\": Too many open files in system",
        "query failed: ERROR:  could not open file \"base/16384/16385\": Permission denied",
        "query failed: ERROR:  could not read block 7 in file \"base/5/6\": Cannot allocate memory",
        "query failed: ERROR:  could not access status of transaction 4711\nDETAIL:  Could not open file \"pg_xact/0000\": Too many open files.",
        "Dumping the contents of table \"files\" failed: PQgetResult() failed.\npg_dump: detail: Error message from server: ERROR:  invalid memory alloc request size 1073741824",
        "query failed: ERROR:  cache lookup failed for relation 16385",
      })
  void wantOfRightsMemoryOrFilesIsNoDamage(String said) {
    assertThat(reason(said)).isEqualTo("DumpFailed");
  }
}
