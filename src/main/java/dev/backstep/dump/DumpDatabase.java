package dev.backstep.dump;

/**
 * A database that a program reaches by a mounted Secret.
 *
 * @param namespace of the Secret
 * @param secret its name
 * @param folder where it is mounted
 */
public record DumpDatabase(String namespace, String secret, String folder) {}
