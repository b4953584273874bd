package dev.backstep.restore;

import dev.backstep.api.v1alpha1.restore.RestorePhase;
import dev.backstep.effect.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;

/**
 * Whoever has the live file open would go on writing to it under its other name, so they are kept
 * off before the data from before is put back, too.
 */
@ApplicationScoped
public class FileQuiet implements RestoreStage<FileSeen> {
  private final QuietStage quiet;

  public FileQuiet(QuietStage quiet) {
    this.quiet = quiet;
  }

  @Override
  public RestorePhase phase() {
    return RestorePhase.Undoing;
  }

  @Override
  public CompletionStage<Step> left(FileSeen now) {
    return now.cameBack()
        ? Step.done("The data from before is live again.").now()
        : quiet.keptOff(now);
  }
}
