"""Rules about reading a file at all."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, ignored, refused, warning

RULES: Mapping[str, Rule] = {
    "file-too-large": refused(
        "Expected a file within the limits, but {reason}.",
        "文件应在限制之内，但{reason_zh}。",
        "Split the diagram into processes that call each other.",
        "请将流程拆分为多个相互调用的流程。",
    ),
    "doctype": refused(
        "Expected a file without a document type, but it has one.",
        "文件不得包含 DOCTYPE 或实体声明，但其中有。",
        "Remove the document type; editors of diagrams never need it.",
        "请删除 DOCTYPE 声明，流程编辑器从不需要它。",
    ),
    "encoding-unknown": refused(
        "Expected a text encoding that can be read, but {reason}.",
        "文件的文字编码应可识别，但{reason_zh}。",
        "Save the file as UTF-8.",
        "请以 UTF-8 编码保存文件。",
    ),
    "xml-malformed": refused(
        "Expected well-formed XML, but {reason}.",
        "文件应为格式正确的 XML，但{reason_zh}。",
        "Save the file again from the editor, or repair the line named.",
        "请用编辑器重新保存，或修正所指的行。",
    ),
    "file-unknown": refused(
        "Expected '{subject}' to be a BPMN or DMN file, but {reason}.",
        "“{subject}”应为 BPMN 或 DMN 文件，但{reason_zh}。",
        "Deploy diagrams (.bpmn), decisions (.dmn) and forms (.form or .json) only.",
        "只可部署流程图（.bpmn）、决策（.dmn）和表单（.form 或 .json）。",
    ),
    "file-repeated": refused(
        "Expected every file under a name of its own, but '{subject}' and '{other}' are alike.",
        "每个文件应有不同的名称，但“{subject}”与“{other}”相同（不区分大小写）。",
        "Rename one of them, or leave it out.",
        "请重命名其中一个，或不部署它。",
    ),
    "inclusion": refused(
        "Expected a file that stands by itself, but it includes another one here.",
        "文件应自成一体，但此处引入了其他文件（XInclude）。",
        "Copy what it includes into the file.",
        "请将所引入的内容复制到本文件中。",
    ),
    "element-misplaced": refused(
        "Expected the {kind} '{subject}' where BPMN allows it, but it stands inside a {parent}.",
        "{kind}“{subject}”应位于 BPMN 允许的位置，但它在 {parent} 之内。",
        "Draw it again in an editor; what stands there would be seen by nobody.",
        "请用编辑器重新绘制；位于该处的内容不会起作用。",
        "BPMN 2.0.2, 10.3",
    ),
    "element-repeated": refused(
        "Expected at most one {kind} in the {parent} '{subject}', but there are several.",
        "{parent}“{subject}”中最多应有一个 {kind}，但有多个。",
        "Keep one of them.",
        "请只保留一个。",
        "BPMN 2.0.2, 10.3",
    ),
    "import-ignored": ignored(
        "The import of '{location}' has no effect: every file is read by itself.",
        "对“{location}”的导入不起作用：每个文件单独读取。",
        "Keep it as documentation. Called processes and decisions are found by their keys.",
        "可作为说明保留。被调用的流程和决策按其标识查找。",
        "BPMN 2.0.2, 8.2.2",
    ),
    "reference-elsewhere": refused(
        "Expected '{subject}' to refer to something in its file, but '{reference}' is not.",
        "“{subject}”应引用本文件中的内容，但“{reference}”在另一个文件中。",
        "Define the message, signal or error again in this file; equal names meet at run time.",
        "请在本文件中重新定义该消息、信号或错误；运行时按名称匹配。",
        "BPMN 2.0.2, 15.3.2",
    ),
    "process-none": refused(
        "Expected an executable process, but the files contain none.",
        "部署文件中应有可执行的流程，但一个也没有。",
        "Tick Executable in the properties of the process.",
        "请在流程属性中勾选“可执行”。",
    ),
    "process-not-executable": warning(
        "The process '{subject}' is not marked executable and is left out.",
        "流程“{subject}”未标记为可执行，不会发布。",
        "Tick Executable to run it, or leave it as documentation.",
        "如需运行请勾选“可执行”，否则可作为说明保留。",
    ),
    "process-repeated": refused(
        "Expected every process once, but '{key}' occurs twice.",
        "每个流程只应出现一次，但“{key}”重复出现。",
        "Give each process an id of its own.",
        "请为每个流程设置不同的 id。",
    ),
    "id-missing": refused(
        "Expected the {kind} to have an id, but it has none.",
        "元素 {kind} 应有 id，但没有。",
        "Give it an id; orders refer to it for ever.",
        "请为其设置 id，工单将一直引用它。",
    ),
    "id-repeated": refused(
        "Expected every id once, but '{id}' occurs twice.",
        "每个 id 只应出现一次，但“{id}”重复出现。",
        "Give each element an id of its own.",
        "请为每个元素设置不同的 id。",
        "BPMN 2.0.2, 8.3.1",
    ),
}
