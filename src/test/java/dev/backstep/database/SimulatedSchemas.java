package dev.backstep.database;

import dev.backstep.api.v1alpha1.ladder.SchemaQuery;
import dev.backstep.effect.Author;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A database that has the schema that it is told to have. */
public final class SimulatedSchemas extends Schemas {
  private final Supplier<CompletionStage<Schema>> answers;

  private SimulatedSchemas(Supplier<CompletionStage<Schema>> answers) {
    super(null);
    this.answers = answers;
  }

  /** Says this at once. */
  public static SimulatedSchemas saying(Supplier<String> value) {
    return new SimulatedSchemas(
        () -> CompletableFuture.completedStage(new Schema(value.get(), null)));
  }

  /** Says it when it wants. */
  public static SimulatedSchemas answering(Supplier<CompletionStage<Schema>> answers) {
    return new SimulatedSchemas(answers);
  }

  @Override
  public CompletionStage<Schema> ask(SchemaQuery query, Author author) {
    return answers.get();
  }
}
