package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.cluster.HolderLookup;
import java.util.List;

/** A deliberate mistake: one who holds it alone does not count. */
public class ForgetfulHolders extends HoldersNow {
  public ForgetfulHolders(HolderLookup lookup) {
    super(lookup);
  }

  @Override
  List<SyncHolder> of(SyncControl sync, List<SyncHolder> before) {
    var now = super.of(sync, before);
    return now.size() < 2 ? List.of() : now;
  }
}
