"""Rules of the desk: people, units, clocks, languages, variables."""

from collections.abc import Mapping

from engine.domain.rules.rule import Rule, refused, warning

RULES: Mapping[str, Rule] = {
    "role-unknown": refused(
        "Expected '{subject}' to be for a role somebody can hold, but '{role}' is none.",
        "“{subject}”应交给系统中已有的角色，但“{role}”不是。",
        "Name one of these in the extension property role of the lane, or as candidate group: "
        "{roles}.",
        "请在泳道的扩展属性 role 或任务的候选组中填写以下角色之一：{roles}。",
    ),
    "task-unassigned": warning(
        "Nobody is named for '{subject}': it has no lane, candidate or assignee.",
        "“{subject}”没有指定由谁办理：不在泳道中，也没有候选组、候选人或办理人。",
        "Put it into a lane, or give it a candidate group.",
        "请将其放入泳道，或为其填写候选组。",
    ),
    "unit-unknown": refused(
        "Expected '{subject}' to be for a unit that exists, but '{unit}' is none.",
        "“{subject}”的 unit 应为已有的单位，但“{unit}”不存在。",
        "Use order, hq, or the code of a unit.",
        "请填写 order、hq 或单位代码。",
    ),
    "other-person-unknown": refused(
        "Expected '{subject}' to name a user task of this process that another person has to do,"
        " but '{step}' is none.",
        "“{subject}”的 notSamePersonAs 应为本流程的用户任务，但“{step}”不是。",
        "Write the id, not the name, of the user task whose completer may not take this one.",
        "请填写须回避的那一步的 id（不是名称）：办结该步的人不得再领取本任务。",
    ),
    "signing-malformed": refused(
        "Expected {property} of '{subject}' to say how it is signed, but it is '{value}'.",
        "“{subject}”的 {property} 应说明如何会签，但它是“{value}”。",
        "Write all, any or a share such as 60% as signing, and before or after as signingWhen.",
        "signing 请填写 all、any 或 60% 这样的比例，signingWhen 请填写 before 或 after。",
    ),
    "signers-missing": warning(
        "'{subject}' has the extension property {property}, but no signers.",
        "“{subject}”有扩展属性 {property}，但没有会签人。",
        "Name logins or roles in the extension property signers, or delete this one.",
        "请在扩展属性 signers 中填写账号或角色，或删除该属性。",
    ),
    "skip-malformed": refused(
        "Expected skipSameHandler of '{subject}' to be true or false, but it is '{value}'.",
        "“{subject}”的 skipSameHandler 应为 true 或 false，但它是“{value}”。",
        "Write true if who did the step before need not confirm this one.",
        "如上一步的办理人不必再确认本步，请填写 true。",
    ),
    "field-rights-malformed": refused(
        "Expected the property fields of '{subject}' to give rights such as price:read, but a part"
        " of it is '{part}'.",
        "“{subject}”的 fields 应写成 price:read 这样的字段权限，但其中有“{part}”。",
        "Write path:right with blanks between: read, edit, hidden or required. * stands for every"
        " other field and takes read or edit; no path twice.",
        "请写成“路径:权限”，以空格分隔；权限为 read、edit、hidden 或 required。* 表示其余字段，"
        "只可为 read 或 edit；路径不得重复。",
    ),
    "field-right-unknown": refused(
        "Expected '{subject}' to give rights to fields of its form {form}, but '{path}' is none"
        "{near}.",
        "“{subject}”的 fields 应为表单 {form} 的字段，但“{path}”不是{near_zh}。",
        "Correct the path: the key of the field, behind the paths of its groups and lists.",
        "请更正路径：字段的键，前面加上所在分组和列表的路径。",
    ),
    "clock-missing": warning(
        "'{subject}' has no time limit: no taskClock and no due date.",
        "“{subject}”没有办理时限：既没有扩展属性 taskClock，也没有到期日。",
        "Give it the extension property taskClock with the key of a service level.",
        "请在扩展属性 taskClock 中填写时限规则的键。",
    ),
    "service-level-missing": refused(
        "Expected a service level {level} for '{subject}', but there is none{near}.",
        "“{subject}”引用的时限规则 {level} 应已设置，但没有{near_zh}。",
        "Correct the key, or set the service level up first.",
        "请更正其键，或先设置该时限规则。",
    ),
    "property-empty": warning(
        "The extension property {property} of '{subject}' has no value.",
        "“{subject}”的扩展属性 {property} 没有值。",
        "Fill it in, or delete it.",
        "请填写该属性的值，或删除该属性。",
    ),
    "property-unknown": warning(
        "The extension property {property} of '{subject}' means nothing here; perhaps {near} is"
        " meant.",
        "“{subject}”的扩展属性 {property} 不起作用，可能应为 {near}。",
        "Correct its name; small and capital letters differ.",
        "请更正属性名，注意区分大小写。",
    ),
    "name-missing": warning(
        "The task '{subject}' has no name, so people see its id.",
        "任务“{subject}”没有名称，办理人看到的将是它的 id。",
        "Give it a name.",
        "请为其填写名称。",
    ),
    "name-en-missing": warning(
        "'{subject}' has no English name (extension property name:en).",
        "“{subject}”没有英文名称（扩展属性 name:en）。",
        "Add the extension property name:en.",
        "请为其添加扩展属性 name:en，填写英文名称。",
    ),
    "name-zh-missing": warning(
        "'{subject}' has no Chinese name.",
        "“{subject}”没有中文名称。",
        "Write the Chinese name as its name, and this one as extension property name:en.",
        "请在名称中填写中文，并将现有名称移到扩展属性 name:en。",
    ),
    "variable-unknown": warning(
        "'{subject}' reads the variable {variable}, which nothing sets.",
        "“{subject}”读取变量 {variable}，但没有任何地方给它赋值。",
        "Set it before, or list it in the property given if it comes from outside.",
        "请先给它赋值；如由外部传入，请列入扩展属性 given。",
    ),
    "variable-misspelt": warning(
        "'{subject}' reads the variable {variable}, which nothing sets; perhaps {near} is meant.",
        "“{subject}”读取变量 {variable}，但没有任何地方给它赋值，可能应为 {near}。",
        "Correct the name, or list it in the property given if it comes from outside.",
        "请更正变量名；如由外部传入，请列入扩展属性 given。",
    ),
    "text-unquoted": warning(
        "'{subject}' compares {other} with a variable {variable}, which nothing sets; perhaps the"
        " text '{variable}' is meant.",
        "“{subject}”将 {other} 与变量 {variable} 比较，但没有任何地方给该变量赋值，"
        "可能应为文本 '{variable}'。",
        "Put the text in quotes, as in {other} == '{variable}'; if it is a variable from outside,"
        " list it in the property given.",
        "文本须加引号，如 {other} == '{variable}'；如确为由外部传入的变量，请列入扩展属性 given。",
    ),
    "form-unread": warning(
        "'{subject}' asks for {fields}, which nothing reads, and the decision behind it reads"
        " {variable}, which nothing sets.",
        "“{subject}”要求填写 {fields}，但没有任何地方使用；其后的判断读取 {variable}，"
        "却没有任何地方给它赋值。",
        "Use the same name in the form and in the condition.",
        "请在表单和条件中使用相同的名称。",
    ),
}
