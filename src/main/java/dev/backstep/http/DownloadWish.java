package dev.backstep.http;

import java.util.List;
import java.util.Map;

/**
 * What is asked by a program that reaches no API server; no secret is in it.
 *
 * @param call what is sent
 * @param count CEL on the answer: how many entries there are
 * @param ip where the call's Service answers; null: the call has a url
 * @param port likewise; 0: the call has a url
 * @param folders where Secrets are mounted, by their names
 * @param allowedAddresses special networks that may be asked all the same
 */
public record DownloadWish(
    FullCall call,
    String count,
    String ip,
    int port,
    Map<String, String> folders,
    List<String> allowedAddresses) {}
