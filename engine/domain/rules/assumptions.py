"""Rules about gaps that have one meaning, and about what has no effect here."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, assumed, ignored, refused

RULES: Mapping[str, Rule] = {
    "dialect-read": assumed(
        "The extensions of {vendor} in this file are read as those of Camunda 7.",
        "文件中的 {vendor} 扩展按 Camunda 7 的含义读取。",
        "Check the steps once with a trial run; saving the file for Camunda 7 settles it.",
        "请用试运行核对一次；另存为 Camunda 7 格式即可消除此提示。",
    ),
    "executable-assumed": assumed(
        "'{subject}' does not say whether it is executable; it is taken to be.",
        "“{subject}”没有说明是否可执行，按可执行处理。",
        "Tick Executable in its properties, or set isExecutable to false.",
        "请在属性中勾选“可执行”，或将 isExecutable 设为 false。",
        "BPMN 2.0.2, table 10.1",
    ),
    "id-given": assumed(
        "{count} flows or elements have no id; they are numbered in the order of the file.",
        "有 {count} 个连线或元素没有 id，按其在文件中的顺序编号。",
        "Save the file in an editor that gives ids, so that histories stay comparable.",
        "请用会生成 id 的编辑器保存文件，使各版本的历史可以对照。",
    ),
    "default-given": assumed(
        "The flow '{flow}' is the only one without condition out of '{subject}'; it is taken as "
        "the default.",
        "连线“{flow}”是“{subject}”唯一没有条件的出线，按默认连线处理。",
        "Mark it as the default flow.",
        "请将其设为默认连线。",
        "BPMN 2.0.2, 13.4.2",
    ),
    "start-given": assumed(
        "'{subject}' has no start event; it begins with what nothing leads to: {nodes}.",
        "“{subject}”没有开始事件，从没有入线的元素开始：{nodes}。",
        "Draw a start event in front of them.",
        "请在其前绘制开始事件。",
        "BPMN 2.0.2, 10.5.2",
    ),
    "end-implied": assumed(
        "Nothing follows {nodes}; the path ends there.",
        "{nodes} 之后没有元素，该路径在此结束。",
        "Draw an end event behind it.",
        "请在其后绘制结束事件。",
        "BPMN 2.0.2, 10.5.3",
    ),
    "split-parallel": assumed(
        "{count} flows without condition leave '{subject}'; all of them are taken at once.",
        "“{subject}”有 {count} 条无条件的出线，将同时全部执行。",
        "Draw a parallel gateway behind it, or an exclusive one if only one is meant.",
        "请在其后绘制并行网关；若只走一条，请用排他网关。",
        "BPMN 2.0.2, 13.2.1",
    ),
    "flows-conditional": assumed(
        "{count} flows leave '{subject}', some with conditions; every one without condition or "
        "whose condition holds is taken.",
        "“{subject}”有 {count} 条出线，其中有的带条件；无条件的和条件成立的都会执行。",
        "Draw an exclusive gateway if only one is meant, an inclusive one otherwise.",
        "若只走一条请用排他网关，否则请用包容网关。",
        "BPMN 2.0.2, 13.2.1",
    ),
    "task-passes": assumed(
        "Tasks without a type, or done by hand outside, are passed at once: {nodes}.",
        "无类型任务和手工任务不等待，立即通过：{nodes}。",
        "Make them user tasks if somebody is to confirm them.",
        "如需有人确认，请改为用户任务。",
        "BPMN 2.0.2, 10.3.3",
    ),
    "script-bound": assumed(
        "The script of '{subject}' ({language}) is not run; the external task '{topic}' is "
        "done instead.",
        "不执行“{subject}”的脚本（{language}），改为执行外部任务“{topic}”。",
        "Make sure that a worker of this topic does what the script says.",
        "请确认该主题的处理程序完成脚本所述的工作。",
    ),
    "assignment-read": assumed(
        "The {name} of '{subject}' is read as its assignee or candidates.",
        "“{subject}”的 {name} 按办理人或候选人读取。",
        "Use the assignee, candidate groups or candidate users of the task, or its lane.",
        "请改用任务的办理人、候选组、候选人字段，或使用泳道。",
        "BPMN 2.0.2, 10.3.2",
    ),
    "time-quoted": assumed(
        "The time {text} is read without its quotes, as {bare}.",
        "时间 {text} 去掉引号，按 {bare} 读取。",
        "Remove the quotes.",
        "请去掉引号。",
    ),
    "results-kept": assumed(
        "All results of '{subject}' become variables of the order, not only the outputs mapped.",
        "“{subject}”的全部结果都会成为工单变量，而不仅是已映射的输出。",
        "Let its worker return only what the order shall know.",
        "请让处理程序只返回工单需要的值。",
    ),
    "correlation-by-order": assumed(
        "The correlation key of '{subject}' is not computed; messages are addressed to an order "
        "or matched by published variables.",
        "不计算“{subject}”的关联键；消息投递给指定的工单，或按公开变量匹配。",
        "Publish the variable of the key in the property publish of the process.",
        "请在流程的 publish 属性中发布关联键对应的变量。",
    ),
    "extension-ignored": ignored(
        "'{name}' has no effect here (occurrences: {count}).",
        "“{name}”在此不起作用（共 {count} 处）。",
        "Nothing needs to be done; remove it to be rid of this line.",
        "无需处理；删除后不再提示。",
    ),
    "vendor-ignored": ignored(
        "The extensions of '{name}' have no effect here (occurrences: {count}).",
        "“{name}”的扩展在此不起作用（共 {count} 处）。",
        "Check that nothing the process needs is said only there.",
        "请确认流程所需的内容没有只写在那里。",
    ),
    "element-ignored": ignored(
        "'{name}' has no effect here (occurrences: {count}).",
        "“{name}”在此不起作用（共 {count} 处）。",
        "Check that nothing the process needs is said only there.",
        "请确认流程所需的内容没有只写在那里。",
    ),
    "data-ignored": ignored(
        "'{name}' is documentation here (occurrences: {count}); orders need no declared data.",
        "“{name}”在此只作说明（共 {count} 处）；工单变量无需声明。",
        "Nothing needs to be done.",
        "无需处理。",
    ),
    "form-fields-ignored": ignored(
        "The form fields drawn in '{subject}' are not shown: {fields}.",
        "不显示“{subject}”中绘制的表单字段：{fields}。",
        "Deploy a form with these fields and name its key in the task.",
        "请部署包含这些字段的表单，并在任务中填写其 key。",
    ),
    "attribute-unknown": ignored(
        "The attribute or extension '{name}' is unknown and has no effect (occurrences: {count}).",
        "属性或扩展“{name}”不存在，不起作用（共 {count} 处）。",
        "Remove it, or correct its name.",
        "请删除它，或更正名称。",
    ),
    "attribute-misspelt": refused(
        "Expected an attribute or extension that exists, but '{name}' does not; "
        "'{nearest}' is probably meant.",
        "属性或扩展应存在，但没有“{name}”，可能应为“{nearest}”。",
        "Correct its name.",
        "请更正名称。",
    ),
    "truth-invalid": refused(
        "Expected {name} of '{subject}' to be true or false, but it is '{value}'.",
        "“{subject}”的 {name} 应为 true 或 false，但为“{value}”。",
        "Set it again in the properties of the element.",
        "请在元素属性中重新设置。",
    ),
    "element-unknown": refused(
        "Expected an element of BPMN, but '{name}' is none{nearest}.",
        "应为 BPMN 的元素，但没有“{name}”{nearest_zh}。",
        "Draw it with the elements of BPMN, or correct its name.",
        "请改用 BPMN 的元素绘制，或更正名称。",
    ),
    "extension-refused": refused(
        "Expected only extensions the engine knows or may leave out, but '{name}' of '{subject}' "
        "would change what runs.",
        "只应使用引擎支持或可忽略的扩展，但“{subject}”的“{name}”会影响运行。",
        "Remove it and draw what it does as a step, a mapping or an external task.",
        "请删除它，并将其作用绘制为步骤、映射或外部任务。",
    ),
    "extension-misplaced": refused(
        "Expected the extension '{name}' inside extensionElements, but it is not.",
        "扩展“{name}”应位于 extensionElements 之内，但不是。",
        "Set it again in the properties of the element.",
        "请在元素属性中重新设置。",
    ),
    "listener-refused": refused(
        "Expected no code beside the drawing, but '{subject}' has a {kind}.",
        "图外不应有代码，但“{subject}”有 {kind}。",
        "Draw what it does as a script task or an external task.",
        "请将其作用绘制为脚本任务或外部任务。",
    ),
    "data-refused": refused(
        "Expected data only as documentation, but the {name} of '{subject}' moves or changes it.",
        "数据元素应只作说明，但“{subject}”的 {name} 会传递或改变数据。",
        "Use input and output parameters, or the collection and output collection of the task.",
        "请使用输入/输出参数，或任务的集合与输出集合。",
    ),
    "file-published": assumed(
        "'{name}' is not among the files; the one published with {process} version {version} "
        "is used.",
        "文件中没有“{name}”，采用随流程 {process} 第 {version} 版发布的文件。",
        "Deploy the file too, if it has changed.",
        "如该文件有改动，请一并部署。",
    ),
}
