package dev.backstep.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.action.Scopes;
import dev.backstep.api.v1alpha1.action.DbRestoreAction;
import dev.backstep.api.v1alpha1.restore.RestoreCheck;
import dev.backstep.api.v1alpha1.value.DatabaseTarget;
import dev.backstep.database.swap.Note;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people are told of a backup before they agree, and what they agree to. */
class FactsTest {
  private static final DbRestoreAction RESTORE =
      new DbRestoreAction(
          new DatabaseTarget(null, new DatabaseTarget.Sqlite("data", "app.db", null)),
          null,
          null,
          null,
          List.of(new RestoreCheck("bookings", "SELECT 1", null)),
          null);

  private static String forecast(Map<String, String> facts) {
    var scope = Scopes.of().with().now(Instant.parse("2026-11-21T14:05:00Z")).build();
    return new Facts(facts)
        .forecast(new FileSeen(RESTORE, scope, facts, false, false, false, false));
  }

  private static Map<String, String> found(String value, String now) {
    var facts = new LinkedHashMap<String, String>();
    facts.put(Note.FILE, "daily.dump");
    facts.put(Note.SHA256, "ab12");
    facts.put(Note.MADE_AT, "2026-11-21T10:53:00Z");
    facts.put(Note.value("bookings"), value);
    facts.put(Note.before("bookings"), now);
    return facts;
  }

  @Test
  void whoApprovesIsToldHowMuchWouldBeLost() {
    assertThat(forecast(found("7000", "8284")))
        .contains(
            "daily.dump",
            "bookings 7000 (now: 8284, 1284 more)",
            "in the last 3 h 12 min, since 2026-11-21T10:53:00Z, would be lost");
  }

  @Test
  void whoseBytesNobodyKnowsIsSaid() {
    // given
    var facts = found("1", "1");

    // then
    assertThat(forecast(facts)).doesNotContain("Nobody says");

    // when
    facts.put(Note.UNVOUCHED, "true");

    // then
    assertThat(forecast(facts)).contains("has no manifest", "source.sha256", "its sha256 is ab12");
  }

  @Test
  void nothingIsCountedThatIsNotMore() {
    assertThat(forecast(found("100", "7"))).contains("bookings 100 (now: 7)");
    assertThat(forecast(found("\"good\"", "\"bad\""))).contains("\"good\" (now: \"bad\")");
    assertThat(forecast(found("100", "null"))).contains("bookings 100 (now: null)");
  }

  @Test
  void whatIsApprovedIsThatFileAndWhatWasFoundInIt() {
    assertThat(new Facts(found("7000", "8284")).pins(RESTORE))
        .containsExactly(
            "backup daily.dump, sha256 ab12",
            "check bookings found 7000 in it, and 8284 in what is live");
    assertThat(new Facts(Map.of()).pins(RESTORE)).isEmpty();
  }
}
