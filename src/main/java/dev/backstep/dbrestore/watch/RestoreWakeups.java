package dev.backstep.dbrestore.watch;

import dev.backstep.api.v1alpha1.DbRestore;
import dev.backstep.resource.Wakeups;
import jakarta.enterprise.context.ApplicationScoped;

/** Wakes DbRestores. */
@ApplicationScoped
public class RestoreWakeups extends Wakeups<DbRestore> {}
