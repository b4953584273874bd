package dev.backstep.synccontrol.watch;

import dev.backstep.api.v1alpha1.SyncControl;
import dev.backstep.resource.Wakeups;
import jakarta.enterprise.context.ApplicationScoped;

/** Wakes SyncControls. */
@ApplicationScoped
public class SyncWakeups extends Wakeups<SyncControl> {}
