package dev.backstep.action;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Who does an action, and keeps off what it keeps off.
 *
 * @param kind kind of the object whose run it is, such as RollbackPlan
 * @param name its name
 * @param run id of the run; null before one
 * @param claim claim of the run; null before one
 * @param action name of the action
 * @param type what kind of action it is, such as rollBack
 */
@RecordBuilder
public record Holder(String kind, String name, String run, String claim, String action, String type)
    implements HolderBuilder.With {}
