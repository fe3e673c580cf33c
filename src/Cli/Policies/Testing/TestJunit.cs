// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Xml;
using SupplyChain.Cli.Rendering;
using SupplyChain.Policy.Testing;

namespace SupplyChain.Cli.Policies.Testing;

/// <summary>Results of fixtures as JUnit's XML: a suite for each fixture, a failure for each mismatch, an error for what cannot be run.</summary>
internal static class TestJunit
{
    public static string Write(IReadOnlyList<TestedFile> tested)
    {
        using var buffer = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };
        using (var xml = XmlWriter.Create(buffer, settings))
        {
            xml.WriteStartElement("testsuites");
            foreach (var file in tested)
                Write(xml, file);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static void Write(XmlWriter xml, TestedFile file)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", file.Name);
        Attribute(xml, "file", file.Path);
        Attribute(xml, "tests", Number(file.Results.Count + (file.Problems.Count > 0 ? 1 : 0)));
        Attribute(xml, "failures", Number(file.Results.Count(result => result.Problem is null && !result.IsMet)));
        Attribute(xml, "errors", Number(file.Results.Count(result => result.Problem is not null) + (file.Problems.Count > 0 ? 1 : 0)));
        if (file.Problems.Count > 0)
        {
            Case(xml, file, file.Path);
            Outcome(xml, "error", "it cannot be run", string.Join('\n', file.Problems.Select(problem => Screen.Escape(problem.ToString()))));
            xml.WriteEndElement();
        }

        foreach (var result in file.Results)
            Write(xml, file, result);
        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, TestedFile file, PolicyTestResult result)
    {
        Case(xml, file, result.Case.Name);
        if (result.Problem is { } problem)
            Outcome(xml, "error", "it cannot be run", Screen.Escape(problem.ToString()));
        else if (!result.IsMet)
        {
            Outcome(xml, "failure", "the answer is not the expected one", string.Join('\n', result.Mismatches.Select(mismatch =>
                Screen.Escape($"{mismatch.What}: expected {mismatch.Expected}, found {mismatch.Found}"))));
        }

        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, TestedFile file, string name)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", file.Name);
        Attribute(xml, "name", name);
    }

    private static void Outcome(XmlWriter xml, string element, string message, string text)
    {
        xml.WriteStartElement(element);
        Attribute(xml, "message", message);
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Screen.Escape(value));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
