package dev.backstep.synccontrol.gather;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.SyncControlStatus;
import dev.backstep.synccontrol.claim.EpisodeClaims;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.junit.jupiter.api.Test;

class LostEpisodesTest {
  private static final SyncControlStatus SAID =
      SyncControlStatus.NOTHING.withObservedGeneration(1L);

  private int last;
  private int asked;

  private final LostEpisodes lost =
      new LostEpisodes(
          new EpisodeClaims(null) {
            @Override
            public int last(SyncControl sync) {
              asked++;
              return last;
            }
          },
          null,
          null);

  private int lost(SyncControlStatus status) {
    var sync = new SyncControl();
    sync.setMetadata(new ObjectMetaBuilder().withName("orders").withUid("u-1").build());
    return lost.of(sync, status).orElse(0);
  }

  @Test
  void whoWasNeverSwitchedOffIsAskedForOnce() {
    for (var pass = 0; pass < 5; pass++) {
      assertThat(lost(SAID)).isZero();
    }

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void aStatusThatSaysNothingHasLostWhatThereIs() {
    lost(SAID);
    last = 3;

    assertThat(lost(SyncControlStatus.NOTHING)).isEqualTo(3);
    assertThat(lost(SAID.withSeq(1L))).as("it is known again").isZero();
  }

  @Test
  void whatAnotherProcessKnewIsNotBelieved() {
    last = 3;

    assertThat(lost(SAID)).isEqualTo(3);
    assertThat(lost(SAID)).as("until it is written").isEqualTo(3);
  }
}
