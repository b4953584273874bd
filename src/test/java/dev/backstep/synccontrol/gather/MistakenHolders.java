package dev.backstep.synccontrol.gather;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.api.v1alpha1.sync.SyncHolder;
import dev.backstep.cluster.HolderLookup;
import java.util.List;

/** A deliberate mistake: an entry that is not there any more is taken for given back. */
public class MistakenHolders extends HoldersNow {
  public MistakenHolders(HolderLookup lookup) {
    super(lookup);
  }

  @Override
  List<SyncHolder> of(SyncControl sync, List<SyncHolder> before) {
    return super.of(sync, List.of());
  }
}
