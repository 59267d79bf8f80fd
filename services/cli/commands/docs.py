"""`benefit-ledger docs`: write the generated references anew."""

from services.cli.screen import console


def docs() -> None:
    """重新生成 docs/reference 下的参考文档。"""
    from services.tools.authoring.generated_docs import generate

    for path in generate():
        console.print(f"已写 {path}")
