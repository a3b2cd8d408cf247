"""Rules about content that can do harm, anywhere in a file."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.document.secrets import SHOWN
from agentls.linter.rule import Context, Finding, rule


@rule("harmful")
def exposed_secret(ctx: Context) -> Iterator[Finding]:
    """The file contains a secret, such as an API key.

    Everyone who can read the file can use it, and runtimes send the prompt to the provider of the model. If the
    file was committed, the secret remains in the history of the repository: revoke it. In `env` and `headers` of an MCP
    server, refer to an environment variable. Reported are tokens of a known format; examples and placeholders are
    not. Messages and other output show only the first four characters of a secret.

    ## Bad

    ```yaml
    mcpServers:
      - shop:
          command: shop-server
          env:
            SHOP_TOKEN: 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
    ```

    ## Good

    ```yaml
    mcpServers:
      - shop:
          command: shop-server
          env:
            SHOP_TOKEN: ${SHOP_TOKEN}
    ```
    """
    for secret in ctx.document.secrets:
        shown = secret.span.text_in(ctx.text)[:SHOWN]
        yield Finding(
            secret.span,
            f"Everyone who can read this file can use the {secret.kind} `{shown}...`."
            " Revoke it, and use an environment variable.",
        )
