// Renders a chart roughly as Helm 3 does, with the same template engine and functions (text/template, sprig). An
// approximation: no sub-charts, no hooks, no cluster to look into. Values are not checked against the schema here.
//
//	render -chart helm/passerelle -values ci/minimal-values.yaml -release demo -namespace ministry
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func readYaml(path string) map[string]interface{} {
	bytes, err := os.ReadFile(path)
	fail(err)
	values := map[string]interface{}{}
	fail(yaml.Unmarshal(bytes, &values))
	return values
}

// What stands in both is merged; lists and single values of the second count.
func merge(base, over map[string]interface{}) map[string]interface{} {
	for key, value := range over {
		inner, isMap := value.(map[string]interface{})
		before, wasMap := base[key].(map[string]interface{})
		if isMap && wasMap {
			base[key] = merge(before, inner)
		} else {
			base[key] = value
		}
	}
	return base
}

type files struct{ root string }

// Get is .Files.Get: the text of a file of the chart.
func (f files) Get(name string) string {
	bytes, err := os.ReadFile(filepath.Join(f.root, name))
	fail(err)
	return string(bytes)
}

func toYaml(value interface{}) string {
	bytes, err := yaml.Marshal(value)
	fail(err)
	return strings.TrimSuffix(string(bytes), "\n")
}

func fromYaml(text string) map[string]interface{} {
	values := map[string]interface{}{}
	fail(yaml.Unmarshal([]byte(text), &values))
	return values
}

func functions(templates *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// Helm takes these out, so that a chart says the same everywhere.
	delete(all, "env")
	delete(all, "expandenv")
	all["toYaml"] = toYaml
	all["fromYaml"] = fromYaml
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("required: %s", message)
		}
		return value, nil
	}
	all["include"] = func(name string, data interface{}) (string, error) {
		var out bytes.Buffer
		err := templates.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	return all
}

func main() {
	chart := flag.String("chart", "", "folder of the chart")
	release := flag.String("release", "demo", "name of the release")
	namespace := flag.String("namespace", "default", "namespace of the release")
	only := flag.String("only", "", "one template instead of all manifests, such as NOTES.txt")
	var valueFiles []string
	flag.Func("values", "file with values; may be repeated", func(path string) error {
		valueFiles = append(valueFiles, path)
		return nil
	})
	flag.Parse()

	values := readYaml(filepath.Join(*chart, "values.yaml"))
	for _, path := range valueFiles {
		values = merge(values, readYaml(path))
	}
	about := readYaml(filepath.Join(*chart, "Chart.yaml"))
	data := map[string]interface{}{
		"Values":  values,
		"Release": map[string]interface{}{"Name": *release, "Namespace": *namespace, "Service": "Helm", "IsInstall": true, "Revision": 1},
		"Chart":   map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Files":   files{*chart},
	}

	paths, err := filepath.Glob(filepath.Join(*chart, "templates", "*"))
	fail(err)
	sort.Strings(paths)
	templates := template.New("chart").Option("missingkey=zero")
	templates.Funcs(functions(templates))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		fail(err)
		_, err = templates.New(filepath.Base(path)).Parse(string(text))
		fail(err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if *only != "" && name != *only || *only == "" && !strings.HasSuffix(name, ".yaml") {
			continue
		}
		var out bytes.Buffer
		fail(templates.ExecuteTemplate(&out, name, data))
		if strings.Contains(out.String(), "<no value>") {
			fail(fmt.Errorf("%s shows a value that nobody states", name))
		}
		if *only != "" {
			fmt.Print(out.String())
		} else if text := strings.TrimSpace(out.String()); text != "" {
			fmt.Printf("---\n# %s\n%s\n", name, text)
		}
	}
}
